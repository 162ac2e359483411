"""What `sys.monitoring` tells of lines, and what the frame says meanwhile."""

import sys

monitoring = sys.monitoring
events = monitoring.events
TOOL = 3
SOURCE = """\
k = 1
try:
    y = int('q')
except ValueError:
    pass
k = 2
while True:
    k += 1
    if k > 3:
        break
"""


def line(code, number):
    if code.co_filename == "told":
        told.append((number, sys._getframe(1).f_lineno))


def raised(code, offset, exception):
    if code.co_filename == "told":
        told.append((type(exception).__name__, sys._getframe(1).f_lineno))


told = []
monitoring.use_tool_id(TOOL, "lines")
monitoring.register_callback(TOOL, events.LINE, line)
monitoring.register_callback(TOOL, events.RAISE, raised)
monitoring.set_events(TOOL, events.LINE | events.RAISE)
exec(compile(SOURCE, "told", "exec"))
monitoring.set_events(TOOL, 0)
monitoring.free_tool_id(TOOL)
for number, shown in told:
    print(number, shown)

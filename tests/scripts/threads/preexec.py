import os
import select
import signal
import subprocess

show = ["/bin/sh", "-c", "echo $FRUIT; read line"]


def before():
    os.putenv("FRUIT", "apple")
    os.setpgrp()


for environment in (None, {"FRUIT": "pear"}):
    with subprocess.Popen(show, preexec_fn=before, env=environment, stdin=-1, stdout=-1, text=True) as child:
        print(child.stdout.readline(), end="")
        print(os.getpgid(child.pid) == child.pid)
try:
    subprocess.call(["true"], extra_groups=[2 ** 64])
except ValueError as e:
    print(e)

# A list that shrinks while it is read.
reader, writer = os.pipe()
files = []


class File:
    def fileno(self):
        files.pop()
        return writer


files.extend(File() for _ in range(10))
print(len(select.select([], files, [], 0)[1]), len(files))

try:
    signal.setitimer(99, 1)
except signal.ItimerError as e:
    print(type(e), e.errno, e)

for text in ("a", b"a", bytearray(b"a")):
    try:
        text * -2 ** 100
    except OverflowError as e:
        print(e)

//! Generators and coroutines: chains of them that are resumed, thrown into, closed and taken apart.

mod common;

use common::check;

const CHAINS: &str = "
def leaf():
    got = 0
    for i in range(10):
        got = (yield i, got)
    return 'end'
def level(inner):
    result = yield from inner
    return result, 'up'
";

#[test]
fn values_pass_through_chains() {
    check(&format!(
        "{CHAINS}
g = level(level(level(leaf())))
assert next(g) == (0, 0) and g.send('a') == (1, 'a')
assert [v for v, _ in g] == [2, 3, 4, 5, 6, 7, 8, 9]
g = level(leaf())
while True:
    try:
        next(g)
    except StopIteration as stop:
        assert stop.value == ('end', 'up')
        break
"
    ));
}

#[test]
fn parts_of_a_chain_can_be_used_by_themselves() {
    check(&format!(
        "{CHAINS}
inner = leaf()
outer = level(inner)
top = level(outer)
assert next(top)[0] == 0 and next(inner)[0] == 1 and next(outer)[0] == 2 and next(top)[0] == 3
assert top.gi_yieldfrom is outer and outer.gi_yieldfrom is inner and inner.gi_yieldfrom is None
assert inner.gi_suspended and not inner.gi_running and inner.gi_frame.f_back is None
later = level(top)
assert next(later)[0] == 4 and next(top)[0] == 5 and next(later)[0] == 6
outer.close()
assert inner.gi_frame is None and list(later) == []
"
    ));
}

#[test]
fn a_running_chain_runs_as_a_whole() {
    check(
        "
def ask():
    yield [g.gi_running for g in chain]
    for g in chain:
        for use in (next, lambda g: g.throw(KeyError), lambda g: g.close()):
            try:
                use(g)
            except ValueError as e:
                assert str(e) == 'generator already executing'
            else:
                raise AssertionError(g)
    yield 'done'
def level(inner):
    yield from inner
a = ask()
b = level(a)
c = level(b)
chain = [a, b, c]
assert next(c) == [True, True, True] and next(c) == 'done'
",
    );
}

#[test]
fn throwing_and_closing_go_from_the_inside_out() {
    check(
        "
log = []
def one():
    try:
        yield 1
    except ValueError as e:
        log.append(('one', str(e)))
        yield 2
    except GeneratorExit:
        log.append('one exits')
        return 'ignored'
def two():
    try:
        value = yield from one()
        log.append(('never', value))
    finally:
        log.append('two')
def three():
    try:
        yield from two()
    except KeyError:
        log.append('three')
        yield 3
g = three()
assert next(g) == 1 and g.throw(ValueError('x')) == 2 and g.throw(KeyError()) == 3
assert log == [('one', 'x'), 'two', 'three']
log.clear()
g = three()
next(g)
g.close()
assert log == ['one exits', 'two'], log
def stubborn():
    while True:
        try:
            yield
        except GeneratorExit:
            pass
def around():
    try:
        yield from stubborn()
    except RuntimeError as e:
        log.append(str(e))
log.clear()
g = around()
next(g)
g.close()
assert log == ['generator ignored GeneratorExit']
",
    );
}

#[test]
fn what_is_handled_outside_is_seen_inside() {
    check(
        "
import sys
def look():
    while True:
        yield sys.exception()
def level(inner):
    yield from inner
def handling():
    try:
        1 / 0
    except ZeroDivisionError:
        yield from look()
g = level(level(look()))
assert next(g) is None
try:
    raise KeyError
except KeyError as e:
    assert next(g) is e and next(g) is e
assert next(g) is None
g = level(handling())
assert type(next(g)) is ZeroDivisionError and sys.exception() is None
try:
    raise KeyError
except KeyError as e:
    assert type(next(g)) is ZeroDivisionError and sys.exception() is e
",
    );
}

#[test]
fn long_chains_cost_neither_stack_nor_time() {
    check(&format!(
        "{CHAINS}
import sys
sys.setrecursionlimit(1_000_000)
def deep():
    g = leaf()
    for _ in range(50_000):
        g = level(g)
    return g
g = deep()
assert next(g)[0] == 0
total = 0
for _ in range(9):
    total += next(g)[0]
assert total == 45
g = deep()
next(g)
try:
    g.throw(KeyError('deep'))
except KeyError as e:
    assert e.args == ('deep',)
g = deep()
next(g)
g.close()
g = deep()
next(g)
del g
sys.setrecursionlimit(1000)
try:
    next(deep())
except RecursionError:
    pass
else:
    raise AssertionError
"
    ));
}

#[test]
fn coroutines_await_each_other() {
    check(
        "
class Turn:
    def __await__(self):
        return (yield 'turn')
async def leaf(n):
    for _ in range(n):
        await Turn()
    return n
async def numbers(n):
    for i in range(n):
        await Turn()
        got = yield i
        if got:
            log.append(got)
class Manager:
    async def __aenter__(self):
        await Turn()
        return self
    async def __aexit__(self, kind, error, traceback):
        await Turn()
        log.append(kind)
        return True
async def main():
    async with Manager():
        raise KeyError
    total = await leaf(2) + await leaf(3)
    async for i in numbers(4):
        total += i
    g = numbers(3)
    assert await anext(g) == 0 and await g.asend('sent') == 1
    await g.aclose()
    return total, [i async for i in numbers(3)]
log = []
def run(coroutine):
    turns = 0
    try:
        while True:
            assert coroutine.send(None) == 'turn'
            turns += 1
    except StopIteration as stop:
        return turns, stop.value
assert run(main()) == (16, (11, [0, 1, 2])), run(main())
assert log == [KeyError, 'sent'], log
c = leaf(1)
c.send(None)
try:
    c.throw(ValueError('in'))
except ValueError:
    pass
try:
    c.send(None)
except RuntimeError as e:
    assert str(e) == 'cannot reuse already awaited coroutine'
",
    );
}

#[test]
fn calls_without_arguments_resume_no_generator() {
    check(
        "
def g():
    yield 1
async def few(x):
    await anext()
def call(f, n):
    for _ in range(n):
        try:
            f()
        except TypeError:
            pass
call(anext, 3)
call(next, 3)
it = g()
list(it)
for _ in range(3):
    try:
        few(it).send(None)
    except TypeError as error:
        assert str(error) == 'anext expected at least 1 argument, got 0'
",
    );
}

#[test]
fn coroutines_remember_where_they_were_made() {
    check(
        "
import sys
async def f():
    pass
def g():
    return f()
sys.set_coroutine_origin_tracking_depth(2)
c = g()
assert [(line, name) for _, line, name in c.cr_origin] == [(6, 'g'), (8, '<module>')], c.cr_origin
c.close()
sys.set_coroutine_origin_tracking_depth(0)
c = g()
assert c.cr_origin is None
c.close()
",
    );
}

#[test]
fn threads_that_count_every_instruction_make_generators() {
    check(
        "
import sys, threading
sys.setcheckinterval(1)
seen = []
def work():
    def pair():
        yield 1
        yield 2
    seen.append((list(pair()), [x for x in (y * y for y in range(4))]))
threads = [threading.Thread(target=work) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert seen == [([1, 2], [0, 1, 4, 9])] * 3, seen
",
    );
}

def counter(start):
    count = start
    def step(by=1, *, scale=2):
        nonlocal count
        count += by * scale
        return count
    def reset():
        global total
        total = 0
    return step, reset

def f(n):
    total = 0
    while n > 0:
        n -= 1
        if n % 2:
            continue
        for i, j in zip(n, n):
            if i == j:
                break
            total += i
        else:
            total = 0
    while True:
        if total:
            return total

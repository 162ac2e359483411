total = 0
for i in range(3):
    total += i
del i
def f():
    global total
    total = len
print(total)

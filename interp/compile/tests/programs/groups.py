try:
    run()
except* ValueError as group:
    print(group)
except* OSError:
    raise

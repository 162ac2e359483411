if a:  # comment
    b = (1,
  2)

    c = \
        3
	x = 1
d

def price(amount, member):
    rate = 0.9 if member else 1.0
    total = amount * rate
    if total < 0:
        raise ValueError(total)
    return round(total, 2)

def take(request, item):
    basket = basket_of(request)
    count = int(request.form.get("count", 1))
    line = basket.line_of(item)
    if line.is_new:
        line.count = count
    else:
        line.count += count
    line.save()
    return redirect("basket")

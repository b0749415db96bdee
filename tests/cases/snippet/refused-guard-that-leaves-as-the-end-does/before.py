def put(request, basket):
    count = int(request.data["count"])
    line = basket.line(request.data["item"])
    line.count += count
    line.save()
    request.say("It is in your basket.")
    return request.to("basket")

def send(form, queue):
    letter = None
    if form.signed:
        if form.address:
            letter = Letter(form.address)
            letter.text = form.text
            queue.put(letter)
            log.info("queued")
            return letter
    return retry(form, queue)


def reset(queue):
    queue.clear()

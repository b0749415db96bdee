start(
    port=80,
    host='a',
)

stop(
    port=80,
    host='a',
)

int open_all(void)
{
    if (failed) {
        goto error;
    }

    close_handle(service);
    return_none;
}

int start_all(void)
{
    if (!started) {
        goto error;
    }

    return_none;
}

int stop_all(void)
{
    close_handle(service);
    return stopped;
}

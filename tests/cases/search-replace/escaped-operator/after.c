int clamp(int size)
{
    if (size < 1)
        size = 1;
    return size;
}

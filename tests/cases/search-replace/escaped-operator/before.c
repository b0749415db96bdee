int clamp(int size)
{
    return size;
}

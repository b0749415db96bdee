class Reader
{
    string Read(string text)
    {
        if (text.Length > 0)
        {
            return text.Trim();
        }
        return "";
    }
}

class Reader
{
    string Read(string text)
    {
        if (text != null && text.Length > 0)
        {
            return text.Trim();
        }
        return "";
    }
}

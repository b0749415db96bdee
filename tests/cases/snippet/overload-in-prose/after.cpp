NAMES_BEGIN(detail)

NOINLINE void tidy_name(std::string &name) {
#if defined(ITANIUM)
    name = demangled(name);
#else
    erase_all(name, "class ");
#endif
    erase_all(name, "names::");
}

inline std::string tidy_name(const char *given) {
    std::string name(given);
    detail::tidy_name(name);
    return name;
}

NAMES_END(detail)

template <typename T> static std::string name_of() {
    return detail::tidy_name(typeid(T).name());
}

NAMES_BEGIN(detail)

NOINLINE void tidy_name(std::string &name) {
#if defined(ITANIUM)
    name = demangled(name);
#else
    erase_all(name, "class ");
#endif
    erase_all(name, "names::");
}

NAMES_END(detail)

template <typename T> static std::string name_of() {
    std::string name(typeid(T).name());
    detail::tidy_name(name);
    return name;
}

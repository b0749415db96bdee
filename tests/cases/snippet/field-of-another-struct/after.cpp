namespace shapes {

template <typename Type>
struct dimensions {
    template <size_t... Is>
    struct helper<index_sequence<Is...>> {
        static constexpr auto value = ::shapes::detail::concat(const_name(((void) Is, "?"))...);
    };
};

struct map_caster {
protected:
    // TODO: move to optional
    std::unique_ptr<MapType> value;

public:
    static constexpr auto name = descriptor<Type>::value;
};

} // namespace shapes

#define GUARD_INIT                                      \
    catch (module_error & e) {                          \
        raise_from(e, "could not start the module");    \
        return nullptr;                                 \
    }                                                   \
    catch (const std::exception &e) {                   \
        set_error(e.what());                            \
        return nullptr;                                 \
    }

#endif // GUARD_INIT

static void start() {
    begin();
}

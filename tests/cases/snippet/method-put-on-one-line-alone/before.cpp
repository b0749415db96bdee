class Tap {
public:
    int level() const {
        return level_;
    }

    int drain() override {
        return drain_all();
    }

private:
    int level_;
};

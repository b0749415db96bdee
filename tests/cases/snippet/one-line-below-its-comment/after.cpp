class Lamp {
public:
    // Puts the light out.
    ~Lamp() { off(); }

    void on();
};

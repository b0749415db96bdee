class Kettle {
    set heat(value) {
        this.level = value;
        this.report();
    }
    #cool(amount) {
        if (amount > 0) {
            this.level -= amount;
        }
        return this.level;
    }
    pour(cup) {
        this.open = true;
        cup.fill(this.level);
        this.#cool(cup.size);
        return cup;
    }
}

class Kettle {
    set heat(value) {
        this.level = value;
        this.report();
    }
    pour(cup) {
        this.open = true;
        cup.fill(this.level);
        return cup;
    }
}

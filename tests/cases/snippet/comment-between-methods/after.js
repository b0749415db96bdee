class Mill {
    halt() {
        this.turning = false;
        this.emit('halted');
    }
    /**
    Empty the mill.
    */
    empty() {
        this.sacks = new Stack();
        this.weight = 0;
    }
    grind() {
        this.turning = true;
    }
}

class Mill {
    halt() {
        this.turning = false;
    }
    /**
    Empty the mill.
    */
    empty() {
        this.sacks = new Stack();
    }
    grind() {
        this.turning = true;
    }
}

class Lamp {
    constructor(options) {
        super();
        // the defaults
        options = {
            bright: true,
            warm: false,
            dim: false,
            delay: 0,
            ...options,
        };
        this.bright = options.bright;
        if (options.dim) {
            this.bright = false;
        }
        this.delay = options.delay;
    }
}

class Lamp {
    constructor(options) {
        super();
        // the defaults
        options = {
            bright: true,
            warm: false,
            delay: 0,
            ...options,
        };
        this.bright = options.bright;
        this.delay = options.delay;
    }
}

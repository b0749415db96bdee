class Lantern extends Fixture {

    @Override
    public void onLit() {
        super.onLit();
        if (this.flame != null) {
            this.flame.rise();
            Journal.note("lit");
        }
    }

    @Override
    public void onTrimmed() {
        super.onTrimmed();
        this.flame.settle();
        Journal.note("trimmed");
    }

    @Override
    public void onCarried() {
        super.onCarried();
        if (this.flame != null) {
            this.flame.flicker();
            Journal.note("carried");
        }
    }

    @Override
    public void onBlownOut() {
        super.onBlownOut();
        if (this.flame != null) {
            this.flame.die();
            Journal.note("out");
        }
    }
}

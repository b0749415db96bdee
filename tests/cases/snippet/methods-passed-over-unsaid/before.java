class Lantern extends Fixture {

    @Override
    public void onLit() {
        super.onLit();
        this.flame.rise();
        Journal.note("lit");
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
        this.flame.flicker();
        Journal.note("carried");
    }

    @Override
    public void onBlownOut() {
        super.onBlownOut();
        this.flame.die();
        Journal.note("out");
    }
}

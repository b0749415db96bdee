class Finder {
    private fun tune() {
        val box = place?.box
        if (box != null) {
            if (!isTuned) {
                listen(box)
                isTuned = true
            }

            box.kind = kind.toNative(caps)
            dial?.setTint(tint)
            dial?.setHint(hint)
            box.goesBack = goesBack
        }
    }

    override fun attached() {
        tune()
    }
}

class Finder {
    private fun tune() {
        val box = place?.box ?: return
        if (!isTuned) {
            listen(box)
            isTuned = true
        }

        box.kind = kind.toNative(caps)
        dial?.apply {
            setTint(tint)
            setHint(hint)
        }
        box.goesBack = goesBack
    }

    override fun attached() {
        tune()
    }
}

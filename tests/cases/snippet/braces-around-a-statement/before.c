int open_gate(struct gate *gate) {
    int s;

    s = gate_unlock(gate, gate->key, TIMEOUT);
    if (s != GATE_OK)
        goto error;

    s = gate_swing_open(gate, gate->hinge, SLOWLY);
    if (s != GATE_OK)
        goto error;

    gate->is_open = 1;
    return 0;

error:
    report(s);
    return -1;
}

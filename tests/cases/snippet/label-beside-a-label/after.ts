function next(state: State, action: Action): State {
  switch (action.type) {
    case START:
      return { ...state, busy: true };
    case DONE:
    case CANCELLED:
      return initial;
    default:
      return state;
  }
}

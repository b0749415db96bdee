class Dovecote(private val post: Post) {
  fun send(letter: Letter, answer: Answer) {
    try {
      post.dove(letter.place, null)
        .onReturn { leaf: Leaf? ->
          if (leaf == null) {
            answer.reject(NoAnswer())
            return@onReturn
          }

          answer.resolve(Reply(leaf))
        }
        .onLoss {
          answer.reject(DoveLost(it))
        }
    } catch (storm: Storm) {
      answer.reject(storm)
    }
  }

  fun isOpen(hour: Int): Boolean = hour in 6..20
}

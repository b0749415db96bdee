fn size(text: &str) -> usize {
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_of_some() {
        assert_eq!(size("ab"), 2);
    }

    #[test]
    fn size_of_little() {
        for (text, wanted) in [("", 0), (" ", 1)] {
            assert_eq!(size(text), wanted);
        }
    }
}

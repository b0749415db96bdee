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
    fn size_of_space() {
        assert_eq!(size(" "), 1);
    }

    #[test]
    fn size_of_none() {
        assert_eq!(size(""), 0);
    }
}

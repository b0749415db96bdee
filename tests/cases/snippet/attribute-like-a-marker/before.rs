use std::fs;

#[derive(Debug)]
pub enum Token {
    Num(f64),
    Op(char),
}

pub struct Lexer<'a> {
    src: &'a str,
    pos: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(src: &'a str) -> Self {
        Lexer { src, pos: 0 }
    }

    pub fn next(&mut self) -> Option<Token> {
        let c = self.src[self.pos..].chars().next()?;
        match c {
            '0'..='9' => Some(self.number()),
            '+' | '-' => {
                self.pos += 1;
                Some(Token::Op(c))
            }
            _ => None,
        }
    }

    fn number(&mut self) -> Token {
        let start = self.pos;
        while self.src[self.pos..].starts_with(|c: char| c.is_ascii_digit()) {
            self.pos += 1;
        }
        Token::Num(self.src[start..self.pos].parse().unwrap())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let mut lexer = Lexer::new("12");
        assert!(matches!(lexer.next(), Some(Token::Num(_))));
    }
}

fn is_warm(room: &Room, wish: &Wish) -> bool {
    if room.floor != wish.floor {
        return false;
    }

    if let Some(degrees) = wish.degrees {
        if room.degrees != degrees {
            return false;
        }
    }

    room.air >= wish.air
}

fn is_cool(room: &Room, wish: &Wish) -> bool {
    if room.floor != wish.floor {
        return false;
    }

    if let Some(degrees) = wish.degrees {
        if room.degrees > degrees {
            return false;
        }
    }

    room.air >= wish.air
}

fn judge(room: &Room, wish: &Wish, how: How) -> bool {
    match how {
        How::Warm => is_warm(room, wish),
        How::Cool => is_cool(room, wish),
    }
}

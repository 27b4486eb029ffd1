//! The shop's own line icons, drawn on a grid of 24.

use leptos::prelude::*;

/// The icons there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// Shopping bag.
    Bag,
    /// Head and shoulders.
    Person,
    /// Sun.
    Sun,
    /// Moon.
    Moon,
    /// Cross.
    Close,
    /// Tick.
    Check,
    /// Minus.
    Minus,
    /// Plus.
    Plus,
    /// Bin.
    Bin,
    /// Arrow to the right.
    Forward,
    /// Arrow to the left.
    Back,
    /// Lorry.
    Shipping,
    /// Exclamation mark.
    Alert,
    /// Sliders.
    Filter,
    /// Eye.
    Eye,
    /// Crossed eye.
    EyeOff,
    /// Arrow back around.
    Return,
    /// Padlock.
    Lock,
    /// Magnifying glass.
    Search,
    /// Four tiles.
    Tiles,
}

impl Glyph {
    const fn path(self) -> &'static str {
        match self {
            Self::Bag => "M5 8h14l1 12.5H4L5 8zM8.5 10.5V7a3.5 3.5 0 0 1 7 0v3.5",
            Self::Person => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.7-4 3.6-6 7.5-6s6.8 2 7.5 6",
            Self::Sun => {
                "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"
            }
            Self::Moon => "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Minus => "M6 12h12",
            Self::Plus => "M6 12h12M12 6v12",
            Self::Bin => "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 13h9.4l.8-13M10 11v5.5M14 11v5.5",
            Self::Forward => "M5 12h14M13 6l6 6-6 6",
            Self::Back => "M19 12H5M11 6l-6 6 6 6",
            Self::Shipping => {
                "M2.5 6.5h11v10h-11zM13.5 10h4l3.5 3.5v3h-7.5zM6.5 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM17 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"
            }
            Self::Alert => "M12 7v6M12 16.5v.5M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
            Self::Filter => {
                "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z"
            }
            Self::Eye => {
                "M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z"
            }
            Self::EyeOff => {
                "M4 4l16 16M9.5 5.8c.8-.2 1.6-.3 2.5-.3 3.7 0 7 2 9.5 6.5-.8 1.5-1.8 2.8-2.8 3.7M6.3 7.3C4.8 8.4 3.6 10 2.5 12c2.5 4.5 5.8 6.5 9.5 6.5 1.5 0 3-.4 4.3-1.1"
            }
            Self::Return => "M9 5L4.5 9.5 9 14M4.5 9.5H14a5 5 0 0 1 0 10h-3",
            Self::Search => "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.2 15.2l5.3 5.3",
            Self::Tiles => "M5 5h5.5v5.5H5zM13.5 5H19v5.5h-5.5zM5 13.5h5.5V19H5zM13.5 13.5H19V19h-5.5z",
            Self::Lock => "M6 11h12v9.5H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11",
        }
    }
}

/// An icon. It is decoration: whatever it means is also said in words.
#[component]
pub fn Icon(
    /// Which one.
    glyph: Glyph,
    /// Width and height in CSS pixels.
    #[prop(default = 22)]
    size: u32,
) -> impl IntoView {
    view! {
        <svg
            width=size
            height=size
            viewBox="0 0 24 24"
            fill="none"
            stroke="currentColor"
            stroke-width="1.6"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d=glyph.path() />
        </svg>
    }
}

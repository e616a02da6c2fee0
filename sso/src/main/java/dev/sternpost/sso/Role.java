package dev.sternpost.sso;

/** What an account may do. Roles made of single privileges come with full sign-on; until then there is this one. */
public enum Role {
    /** Everything. */
    ADMINISTRATOR
}

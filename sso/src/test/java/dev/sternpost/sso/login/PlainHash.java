package dev.sternpost.sso.login;

import java.util.ArrayList;
import java.util.List;

/** No hash at all, but it remembers what it was asked. */
final class PlainHash implements PasswordHash {
    final List<String> compared = new ArrayList<>();

    @Override
    public String hash(char[] password) {
        return "plain:" + new String(password);
    }

    @Override
    public boolean matches(char[] password, String hash) {
        compared.add(hash);
        return hash.equals("plain:" + new String(password));
    }
}

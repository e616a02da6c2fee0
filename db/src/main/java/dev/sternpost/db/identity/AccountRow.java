package dev.sternpost.db.identity;

import dev.sternpost.sso.Account;
import dev.sternpost.sso.Role;
import dev.sternpost.sso.UserName;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

@Entity
@Table(name = "account")
class AccountRow {
    @Id
    String userName;

    String passwordHash;

    @Enumerated(EnumType.STRING)
    Role role;

    Instant createTime;
    Instant passwordTime;

    protected AccountRow() {}

    AccountRow(Account account) {
        userName = account.userName().value();
        replace(account);
    }

    final void replace(Account account) {
        passwordHash = account.passwordHash();
        role = account.role();
        createTime = account.createTime();
        passwordTime = account.passwordTime();
    }

    Account account() {
        return new Account(new UserName(userName), passwordHash, role, createTime, passwordTime);
    }
}

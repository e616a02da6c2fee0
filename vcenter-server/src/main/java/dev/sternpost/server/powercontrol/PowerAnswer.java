package dev.sternpost.server.powercontrol;

import java.util.Objects;

/** What came of a question or an order about a machine's power. */
public sealed interface PowerAnswer {
    /** The answer to a question. */
    record Is(MachinePower power) implements PowerAnswer {
        public Is {
            Objects.requireNonNull(power, "power");
        }
    }

    /** The order was taken; the machine may need a while for it. */
    record Done() implements PowerAnswer {}

    /** The machine was so before. */
    record Already() implements PowerAnswer {}

    /** The user name or password is not accepted. */
    record CredentialsRefused(String detail) implements PowerAnswer {}

    /** Nobody answers, or not the one that is trusted; the machine's power is not known. */
    record Unreachable(String detail) implements PowerAnswer {}

    /** It answers, and cannot do it or not understand it. */
    record Failed(String detail) implements PowerAnswer {}

    /** Whether the power of a machine is on. */
    enum MachinePower {
        ON,
        OFF,
        /** This way cannot tell, or the machine is just changing. */
        UNKNOWN
    }
}

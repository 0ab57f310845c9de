package io.ashlar.access.nbd;

import io.netty.buffer.ByteBuf;

/// What a client says during the handshake.
sealed interface Option {
    /// The answer to the server's greeting.
    record ClientFlags(int flags) implements Option {}

    /// @param data a view into the received bytes, valid until the next is read; at most [Limits#MAX_OPTION_BYTES] long
    record Asked(int code, ByteBuf data) implements Option {}
}

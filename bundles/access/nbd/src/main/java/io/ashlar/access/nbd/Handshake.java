package io.ashlar.access.nbd;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/// The server's side of fixed newstyle negotiation: takes options, writes replies, and tells what has to be asked of
/// the cluster. Without I/O, threads or clock.
final class Handshake {
    static final String NAME_THE_EXPORT =
            "there is no default export: name one as POOL/VOLUME, for example nbd://HOST:PORT/demo/disk0";

    /// What comes next; the replies that need no question are already written.
    sealed interface Step {
        /// The next option, please.
        record Next() implements Step {}

        /// List the exports, then [#listed].
        record ListExports() implements Step {}

        /// Open the volume, then [#opened] or [#refused].
        record Open(int option, String name, Set<Integer> infos) implements Step {}

        /// Send what is written, then close.
        record Close() implements Step {}
    }

    private static final Step NEXT = new Step.Next();

    private boolean noZeroes;
    private boolean structured;
    private String contextExport;

    /// @param out takes the replies
    Step take(Option option, ByteBuf out) throws ProtocolViolation {
        return switch (option) {
            case Option.ClientFlags(int flags) -> clientFlags(flags);
            case Option.Asked(int code, ByteBuf data) -> asked(code, data, out);
        };
    }

    void listed(Iterable<String> exports, ByteBuf out) {
        for (var export : exports) {
            OptionReplies.server(out, export);
        }
        OptionReplies.ack(out, Nbd.OPT_LIST);
    }

    void opened(Step.Open asked, long sizeBytes, ByteBuf out) {
        int option = asked.option();
        if (option == Nbd.OPT_EXPORT_NAME) {
            OptionReplies.exportName(out, sizeBytes, transmissionFlags(), noZeroes);
            return;
        }
        OptionReplies.infoExport(out, option, sizeBytes, transmissionFlags());
        if (asked.infos().contains(Nbd.INFO_NAME)) {
            OptionReplies.infoText(out, option, Nbd.INFO_NAME, asked.name());
        }
        if (asked.infos().contains(Nbd.INFO_DESCRIPTION)) {
            OptionReplies.infoText(out, option, Nbd.INFO_DESCRIPTION, "Ashlar volume " + asked.name());
        }
        if (asked.infos().contains(Nbd.INFO_BLOCK_SIZE)) {
            OptionReplies.infoBlockSize(out, option);
        }
        OptionReplies.ack(out, option);
    }

    /// @return whether the client can go on: after a refused EXPORT_NAME, which has no error reply, it cannot
    Step refused(int option, int error, String message, ByteBuf out) {
        if (option == Nbd.OPT_EXPORT_NAME) {
            return new Step.Close();
        }
        OptionReplies.error(out, option, error, message);
        return NEXT;
    }

    /// @param export the name that the transmission is about: contexts selected for another one do not count
    Negotiated negotiated(String export) {
        return new Negotiated(structured, export.equals(contextExport));
    }

    private Step clientFlags(int flags) throws ProtocolViolation {
        if ((flags & ~(Nbd.FLAG_FIXED_NEWSTYLE | Nbd.FLAG_NO_ZEROES)) != 0) {
            throw new ProtocolViolation("unknown client flags 0x" + Integer.toHexString(flags));
        }
        noZeroes = (flags & Nbd.FLAG_NO_ZEROES) != 0;
        return NEXT;
    }

    private Step asked(int code, ByteBuf data, ByteBuf out) throws ProtocolViolation {
        return switch (code) {
            case Nbd.OPT_EXPORT_NAME -> exportName(data);
            case Nbd.OPT_ABORT -> abort(out);
            case Nbd.OPT_LIST -> data.isReadable() ? hasData(code, out) : new Step.ListExports();
            case Nbd.OPT_INFO, Nbd.OPT_GO -> infoOrGo(code, data, out);
            case Nbd.OPT_STRUCTURED_REPLY -> data.isReadable() ? hasData(code, out) : structuredReply(out);
            case Nbd.OPT_LIST_META_CONTEXT -> listMetaContext(data, out);
            case Nbd.OPT_SET_META_CONTEXT -> setMetaContext(data, out);
            default -> {
                OptionReplies.error(
                        out,
                        code,
                        Nbd.REP_ERR_UNSUP,
                        "option " + Integer.toUnsignedString(code) + " is not supported by this server");
                yield NEXT;
            }
        };
    }

    private static Step exportName(ByteBuf data) throws ProtocolViolation {
        if (!data.isReadable()) {
            throw new ProtocolViolation("the default export was asked for; " + NAME_THE_EXPORT);
        }
        if (data.readableBytes() > Nbd.MAX_STRING_BYTES) {
            throw new ProtocolViolation("an export name of " + data.readableBytes() + " bytes");
        }
        return new Step.Open(Nbd.OPT_EXPORT_NAME, data.toString(StandardCharsets.UTF_8), Set.of());
    }

    private static Step abort(ByteBuf out) {
        OptionReplies.ack(out, Nbd.OPT_ABORT);
        return new Step.Close();
    }

    private Step structuredReply(ByteBuf out) {
        structured = true;
        OptionReplies.ack(out, Nbd.OPT_STRUCTURED_REPLY);
        return NEXT;
    }

    private static Step infoOrGo(int code, ByteBuf data, ByteBuf out) {
        var name = string(data);
        if (name == null || data.readableBytes() < Short.BYTES) {
            return malformed(code, out);
        }
        int count = data.readUnsignedShort();
        if (data.readableBytes() != count * Short.BYTES) {
            return malformed(code, out);
        }
        if (name.isEmpty()) {
            OptionReplies.error(out, code, Nbd.REP_ERR_UNKNOWN, NAME_THE_EXPORT);
            return NEXT;
        }
        var infos = new HashSet<Integer>();
        for (int i = 0; i < count; i++) {
            infos.add(data.readUnsignedShort());
        }
        return new Step.Open(code, name, infos);
    }

    private static Step listMetaContext(ByteBuf data, ByteBuf out) {
        var queries = queries(data);
        if (queries == null) {
            return malformed(Nbd.OPT_LIST_META_CONTEXT, out);
        }
        if (queries.all() || queries.namespace() || queries.allocation()) {
            OptionReplies.metaContext(out, Nbd.OPT_LIST_META_CONTEXT, 0, Nbd.BASE_ALLOCATION);
        }
        OptionReplies.ack(out, Nbd.OPT_LIST_META_CONTEXT);
        return NEXT;
    }

    private Step setMetaContext(ByteBuf data, ByteBuf out) {
        contextExport = null; // a failed selection leaves none
        var queries = queries(data);
        if (queries == null) {
            return malformed(Nbd.OPT_SET_META_CONTEXT, out);
        }
        if (!structured) {
            OptionReplies.error(
                    out,
                    Nbd.OPT_SET_META_CONTEXT,
                    Nbd.REP_ERR_INVALID,
                    "metadata contexts need structured replies: negotiate those first");
            return NEXT;
        }
        if (queries.allocation()) {
            contextExport = queries.export();
            OptionReplies.metaContext(out, Nbd.OPT_SET_META_CONTEXT, Nbd.BASE_ALLOCATION_ID, Nbd.BASE_ALLOCATION);
        }
        OptionReplies.ack(out, Nbd.OPT_SET_META_CONTEXT);
        return NEXT;
    }

    /// @param all no query was given
    /// @param namespace the wildcard `base:` was among the queries
    /// @param allocation `base:allocation` was among them
    private record Queries(String export, boolean all, boolean namespace, boolean allocation) {}

    private static Queries queries(ByteBuf data) {
        var export = string(data);
        if (export == null || data.readableBytes() < Integer.BYTES) {
            return null;
        }
        long count = data.readUnsignedInt();
        boolean namespace = false;
        boolean allocation = false;
        for (long i = 0; i < count; i++) {
            var query = string(data);
            if (query == null) {
                return null;
            }
            namespace |= query.equals(Nbd.BASE_NAMESPACE);
            allocation |= query.equals(Nbd.BASE_ALLOCATION);
        }
        return data.isReadable() ? null : new Queries(export, count == 0, namespace, allocation);
    }

    /// @return the string, or null when its length is a lie or more than the specification allows
    private static String string(ByteBuf data) {
        if (data.readableBytes() < Integer.BYTES) {
            return null;
        }
        long length = data.readUnsignedInt();
        if (length > data.readableBytes() || length > Nbd.MAX_STRING_BYTES) {
            return null;
        }
        return data.readCharSequence((int) length, StandardCharsets.UTF_8).toString();
    }

    private static Step malformed(int code, ByteBuf out) {
        OptionReplies.error(out, code, Nbd.REP_ERR_INVALID, "the lengths in the option's data do not fit together");
        return NEXT;
    }

    private static Step hasData(int code, ByteBuf out) {
        OptionReplies.error(out, code, Nbd.REP_ERR_INVALID, "this option takes no data");
        return NEXT;
    }

    private int transmissionFlags() {
        int flags = Nbd.FLAG_HAS_FLAGS
                | Nbd.FLAG_SEND_FLUSH
                | Nbd.FLAG_SEND_FUA
                | Nbd.FLAG_SEND_TRIM
                | Nbd.FLAG_SEND_WRITE_ZEROES
                | Nbd.FLAG_SEND_FAST_ZERO
                // every acknowledged write is durable and seen by all: one lease owner orders each extent
                | Nbd.FLAG_CAN_MULTI_CONN;
        return structured ? flags | Nbd.FLAG_SEND_DF : flags;
    }
}

package io.ashlar.chunk.manager;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementDecision;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.chunk.SpaceReply;
import io.ashlar.chunk.SpaceRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The way from a space request to questions for the placement engine, and from its decisions to replies. Decides only.
final class Places {
    private static final int SHOWN_CHUNKS = 6;
    private static final double GIB = 1L << 30;

    private Places() {}

    static List<PlacementRequest> questions(SpaceRequest request) {
        return request.extents().stream()
                .map(extent -> new PlacementRequest(
                        extent.width(), extent.minWidth(), extent.segmentBytes(), Optional.empty()))
                .toList();
    }

    /// The thick extents of a request stand or fall together: they are one volume's, half of which is of no use to
    /// anybody and would only be in the way of others until the next report.
    static List<SpaceReply> replies(SpaceRequest request, List<PlacementDecision> decisions, ClusterView view) {
        var replies = new ArrayList<SpaceReply>(decisions.size());
        Optional<SpaceReply.Refused> thickRefusal = Optional.empty();
        for (int i = 0; i < decisions.size(); i++) {
            var reply = reply(request, request.extents().get(i), decisions.get(i), view);
            replies.add(reply);
            if (request.extents().get(i).thick()
                    && thickRefusal.isEmpty()
                    && reply instanceof SpaceReply.Refused refused) {
                thickRefusal = Optional.of(refused);
            }
        }
        if (thickRefusal.isPresent()) {
            for (int i = 0; i < replies.size(); i++) {
                if (request.extents().get(i).thick()) {
                    replies.set(i, thickRefusal.get());
                }
            }
        }
        return List.copyOf(replies);
    }

    private static SpaceReply reply(
            SpaceRequest request, SpaceRequest.Extent extent, PlacementDecision decision, ClusterView view) {
        return switch (decision.placement()) {
            case Placement.Chosen chosen ->
                new SpaceReply.Booked(chosen.chunks(), decision.policy(), withNote(chosen.why(), decision.note()));
            case Placement.Refused refused -> {
                boolean noSpace = refused.rule() == Placement.Rule.FREE_SPACE;
                var why = noSpace ? noRoom(request, extent, view) : noNodes(extent, refused);
                yield new SpaceReply.Refused(noSpace, withNote(why, decision.note()));
            }
        };
    }

    private static String withNote(String why, String note) {
        return note.isEmpty() ? why : why + " (" + note + ")";
    }

    private static String noNodes(SpaceRequest.Extent extent, Placement.Refused refused) {
        return extent.minWidth() + " segments need " + extent.minWidth() + " nodes with a healthy chunk: "
                + refused.detail();
    }

    private static String noRoom(SpaceRequest request, SpaceRequest.Extent extent, ClusterView view) {
        long count =
                request.extents().stream().filter(other -> other.equals(extent)).count();
        var eligible = view.chunks().stream()
                .filter(ClusterView.Chunk::eligible)
                .sorted(Comparator.comparingLong(ClusterView.Chunk::freeBytes)
                        .reversed()
                        .thenComparing(ClusterView.Chunk::id))
                .toList();
        double free =
                eligible.stream().mapToDouble(ClusterView.Chunk::freeBytes).sum();
        var shown = new ArrayList<String>();
        eligible.stream()
                .limit(SHOWN_CHUNKS)
                .forEach(
                        chunk -> shown.add(chunk.id() + " on " + chunk.node() + " " + gib((double) chunk.freeBytes())));
        var more = eligible.size() > SHOWN_CHUNKS ? ", and " + (eligible.size() - SHOWN_CHUNKS) + " with less" : "";
        return "no room for " + count + (extent.thick() ? " thick" : " thin") + " extent(s) of " + extent.width()
                + " x " + gib((double) extent.segmentBytes()) + "; free: " + gib(free) + " in all, "
                + String.join(", ", shown)
                + more;
    }

    private static String gib(double bytes) {
        return String.format(Locale.ROOT, "%.2f GiB", bytes / GIB);
    }
}

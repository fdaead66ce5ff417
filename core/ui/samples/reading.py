"""Samples for a lesson to read."""

from core.ui.samples.learning import ledger_course, sections
from core.ui.samples.people import Sample, lang, lin, say, trusted


def lesson() -> Sample:
    """Return a lesson to read."""
    return {
        "course": ledger_course() | {"done": 3, "total": 12},
        "sections": sections(),
        "title": say("Why refunds get booked twice", "退款为什么会记两次"),
        "lang": lang(),
        "number": 4,
        "minutes": 21,
        "teacher": lin(),
        "body_html": trusted(say(LESSON_IN_ENGLISH, LESSON_IN_CHINESE)),
    }


_CODE = """<pre tabindex="0"><code><span class="n">rows</span> = read_csv(<span class="s2">"ledger.csv"</span>)
by_deal = group(rows, key=<span class="k">lambda</span> r: r.deal)

<span class="k">for</span> deal, entries <span class="ow">in</span> by_deal.items():
    <span class="k">if</span> <span class="nb">sum</span>(e.amount <span class="k">for</span> e <span class="ow">in</span> entries) != <span class="mi">0</span>:
        <span class="nb">print</span>(deal, entries)      <span class="c1"># %s</span></code></pre>"""

LESSON_IN_ENGLISH = (
    "<p>Last month I did the books of the noodle shop downstairs. The owner said the software was broken: February had earned"
    " eight hundred too much, March had lost eight hundred too much. Nothing was broken. One refund had been booked by two"
    " people, once each.</p><p>You need not look at every line to find it. Give each movement a <b>deal number</b>, let the refund share"
    " it with the sale, and add up by that number: whatever is not zero was never matched.</p>"
    + _CODE
    % "never matched"
    + "<aside><p>Keep amounts in cents, as whole numbers. Floating point will owe you a cent somewhere after line three"
    " hundred, and say nothing.</p></aside><h2>Your turn</h2><p>Open <code>ledger.csv</code> from the exercise and find the three deals"
    " that do not match. Two is already more than most people find.</p>"
)
LESSON_IN_CHINESE = (
    "<p>上个月我帮楼下的面馆对账，老板说软件坏了：二月多赚了八百，三月又亏了八百。软件没坏，是同一笔退款，被两个人各记了一次。</p>"
    "<p>要发现它，不用看每一行。给每笔流水一个<b>业务号</b>，让退款和原单共用它，然后按业务号求和：不为零的，就是没对上的。</p>"
    + _CODE
    % "没对上的，就在这里"
    + "<aside><p>金额一律用“分”，用整数。浮点数会在第三百行之后，悄悄欠你一分钱。</p></aside><h2>自己动手</h2>"
    "<p>打开练习里的 <code>ledger.csv</code>，找出三笔没对上的业务。找到两笔，就已经超过了大多数人。</p>"
)

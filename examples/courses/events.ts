import { decodeRecordId, type PluginSchemaBuilder, type SchemaObjects } from 'rapport/plugin'

/** Adds the subscription `courseFilled`. */
export function addCourseFilled(builder: PluginSchemaBuilder, objects: SchemaObjects): void {
  builder.subscriptionField('courseFilled', (t) =>
    t.field({
      description: 'An enrollment took the last place of a course. The value is the course.',
      type: objects.Course,
      permission: 'course:read',
      args: { courseId: t.arg.id({ description: 'Only events of this course.' }) },
      on: { types: ['Enrollment'], operations: ['CREATED'] },
      async resolve({ recordId }, args, { unrestricted: { prisma } }) {
        const enrollment = await prisma.enrollment.findFirst({ where: { id: recordId }, include: { course: true } })
        if (!enrollment) return null
        const { courseId, course } = enrollment
        if (args.courseId && decodeRecordId(args.courseId, 'course') !== courseId) return null
        // Later enrollments do not count, so that a client that resumes gets the same events.
        const taken = await prisma.enrollment.count({ where: { courseId, deletedAt: null, id: { lte: recordId } } })
        return taken === course.capacity ? courseId : null
      },
    }),
  )
}
